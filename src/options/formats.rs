//! Forms of texts that several tables use.

use super::table::Format;

/// A version of a document.
pub static VERSION: Format = Format {
    expected: "a version like 1.0.0",
    pattern: "^[0-9].[0-9].[0-9]+$",
    test: |text| {
        let mut parts = text.split('.');
        let number =
            |part: Option<&str>| part.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
        number(parts.next()) && number(parts.next()) && number(parts.next()) && parts.next().is_none()
    },
};

/// The address of a key in a key service.
pub static SECRET_URL: Format = Format {
    expected: "an address like base64key://… or awskms://…",
    pattern: "(base64key|awskms|azurekeyvault|gcpkms|hashivault)://(.*)",
    test: |text| {
        ["base64key", "awskms", "azurekeyvault", "gcpkms", "hashivault"]
            .iter()
            .any(|service| text.strip_prefix(service).is_some_and(|rest| rest.starts_with("://")))
    },
};

/// A port to listen on.
pub static LISTEN: Format = Format {
    expected: "an address like :8090",
    pattern: "^:[0-9]+$",
    test: |text| text.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok()),
};

/// A part of an earlier answer.
pub static RESPONSE: Format = Format {
    expected: "respN or respN_field",
    pattern: "^resp[0-9]+(_[^\\s]+)?$",
    test: |text| {
        let Some(rest) = text.strip_prefix("resp") else { return false };
        let field = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_field =
            || field.strip_prefix('_').is_some_and(|f| !f.is_empty() && !f.contains(char::is_whitespace));
        field.len() < rest.len() && (field.is_empty() || is_field())
    },
};
