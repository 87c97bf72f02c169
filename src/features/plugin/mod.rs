//! Go plugins, which can't be loaded; refused by name.

pub mod http_client;
pub mod http_server;
pub mod middleware;
pub mod req_resp_modifier;
