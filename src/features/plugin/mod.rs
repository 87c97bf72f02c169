//! Go plugins, which can't be loaded: workers stand in for those that `@fjord.plugins` maps, the others are refused by name.

pub mod http_client;
pub mod http_server;
pub mod middleware;
pub mod req_resp_modifier;
pub mod workers;
