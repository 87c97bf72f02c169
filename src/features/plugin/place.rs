//! Where a client is: what KrakenD's plugin `geoip` reads in a database, from what the platform tells of a request.

use std::cell::Cell;

use fjord_http::Headers;
use fjord_json::{Map, Value};

/// Whether the plugin is listed: only then the host tells where clients are.
#[derive(Debug, Default)]
pub struct Told(Cell<bool>);

/// The header line that tells it to backends.
const HEADER: &str = "X-Geoip";

// === impl Told ===

impl Told {
    /// Asks the host where clients are.
    pub(super) fn ask(&self) {
        self.0.set(true);
    }

    /// Whether the host tells where clients are.
    pub fn is_asked_for(&self) -> bool {
        self.0.get()
    }
}

/// Tells the place by a header line. What a client says of itself is gone, even if the platform knows nothing.
pub(super) fn mark(headers: &mut Headers, place: Option<&str>) {
    headers.remove(HEADER);
    if let Some(record) = place.and_then(record) {
        headers.set(HEADER, Value::Object(record).to_ascii_json());
    }
}

/// A record as in the database, with the members that the platform knows; others of these are empty. None if it knows no country.
pub(in crate::features) fn record(place: &str) -> Option<Map> {
    let Ok(Value::Object(known)) = Value::parse(place.as_bytes()) else { return None };
    let known = |name: &str| known.get(name).and_then(Value::as_str);
    known("country")?;
    let text = |name: &str| Value::String(known(name).unwrap_or_default().to_owned());
    let number = |name: &str| {
        let number = Value::parse(known(name).unwrap_or_default().as_bytes());
        number.ok().filter(|value| value.as_f64().is_some()).unwrap_or_else(|| Value::Number("0".into()))
    };
    let names = |name: &str| match known(name) {
        Some(name) => object([("en", Value::String(name.to_owned()))]),
        None => object([]),
    };
    let subdivision = object([("IsoCode", text("regionCode")), ("Names", names("region"))]);
    let is_divided = known("region").or(known("regionCode")).is_some();
    let country = object([
        ("IsInEuropeanUnion", Value::Bool(known("isEUCountry") == Some("1"))),
        ("IsoCode", text("country")),
        ("Names", object([])),
    ]);
    let location = object([
        ("Latitude", number("latitude")),
        ("Longitude", number("longitude")),
        ("MetroCode", number("metroCode")),
        ("TimeZone", text("timezone")),
    ]);
    Some(members([
        ("City", object([("Names", names("city"))])),
        ("Continent", object([("Code", text("continent")), ("Names", object([]))])),
        ("Country", country),
        ("Location", location),
        ("Postal", object([("Code", text("postalCode"))])),
        ("Subdivisions", Value::Array(if is_divided { vec![subdivision] } else { Vec::new() })),
    ]))
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Map {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn object<const N: usize>(list: [(&str, Value); N]) -> Value {
    Value::Object(members(list))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADRID: &str = r#"{"city":"Alcal\u00e1","continent":"EU","country":"ES","isEUCountry":"1","latitude":"40.48","longitude":"-3.36","postalCode":"28801","region":"Madrid","regionCode":"MD","timezone":"Europe/Madrid"}"#;

    fn marked(place: Option<&str>) -> Vec<String> {
        let own = r#"{"Country":{"IsoCode":"XX"}}"#;
        let mut headers = Headers::from_iter([("X-Geoip", own), ("X-Geoip", "2")]);
        mark(&mut headers, place);
        headers.get_all("X-Geoip").map(str::to_owned).collect()
    }

    #[test]
    fn a_place_becomes_a_record_of_the_database() {
        let want = r#"{"City":{"Names":{"en":"Alcal\u00e1"}},"Continent":{"Code":"EU","Names":{}},"Country":{"IsInEuropeanUnion":true,"IsoCode":"ES","Names":{}},"Location":{"Latitude":40.48,"Longitude":-3.36,"MetroCode":0,"TimeZone":"Europe/Madrid"},"Postal":{"Code":"28801"},"Subdivisions":[{"IsoCode":"MD","Names":{"en":"Madrid"}}]}"#;
        assert_eq!(marked(Some(MADRID)), [want]);
    }

    #[test]
    fn no_client_tells_its_own_place() {
        for place in [None, Some("{}"), Some(r#"{"country":7}"#), Some("[]"), Some("x")] {
            assert!(marked(place).is_empty(), "{place:?}");
        }
        let little = r#"{"City":{"Names":{}},"Continent":{"Code":"","Names":{}},"Country":{"IsInEuropeanUnion":false,"IsoCode":"T1","Names":{}},"Location":{"Latitude":0,"Longitude":0,"MetroCode":0,"TimeZone":""},"Postal":{"Code":""},"Subdivisions":[]}"#;
        assert_eq!(marked(Some(r#"{"country":"T1","latitude":"x"}"#)), [little]);
    }
}
