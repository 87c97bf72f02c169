//! Go plugins, which can't be loaded: some that KrakenD ships are here, workers stand in for those that `@fjord.plugins` maps, the
//! others are refused by name.

pub mod http_client;
pub mod http_server;
pub mod middleware;
pub mod place;
pub mod req_resp_modifier;
mod shipped;
pub mod workers;
