//! The content of a message: its header frame with the properties, its body.

use bytes::{BufMut, BytesMut};

use super::session::check;
use super::wire::{Value, put_short, put_table};
use crate::broker::{BrokerFault, Message};

/// Whether the properties and the names of the headers fit.
///
/// # Errors
/// One is longer than 255 bytes.
pub fn check_properties(message: &Message) -> Result<(), BrokerFault> {
    let properties = &message.properties;
    let texts =
        [&properties.content_type, &properties.reply_to, &properties.expiration, &properties.message_id];
    let names = message.headers.iter().map(|(name, _)| name);
    check(texts.into_iter().flatten().chain(names).chain(&message.key).map(String::as_str))
}

/// Writes the flags of the properties that are there, then their values.
pub fn put_properties(to: &mut BytesMut, message: &Message, header_arrays: bool) {
    let properties = &message.properties;
    let flags = [
        (15, properties.content_type.is_some()),
        (13, !message.headers.is_empty()),
        (11, properties.priority.is_some()),
        (9, properties.reply_to.is_some()),
        (8, properties.expiration.is_some()),
        (7, properties.message_id.is_some()),
        (6, properties.timestamp.is_some()),
    ];
    to.put_u16(flags.into_iter().fold(0, |flags, (bit, is_there)| flags | u16::from(is_there) << bit));
    properties.content_type.iter().for_each(|text| put_short(to, text));
    if !message.headers.is_empty() {
        put_table(to, &table(message, header_arrays));
    }
    properties.priority.iter().for_each(|priority| to.put_u8(*priority));
    for text in [&properties.reply_to, &properties.expiration, &properties.message_id].into_iter().flatten() {
        put_short(to, text);
    }
    properties.timestamp.iter().for_each(|seconds| to.put_u64(*seconds));
}

fn table(message: &Message, header_arrays: bool) -> Vec<(String, Value)> {
    if !header_arrays {
        let entry = |(name, value): &(String, String)| (name.clone(), Value::Text(value.clone()));
        return message.headers.iter().map(entry).collect();
    }
    let mut table: Vec<(String, Value)> = Vec::new();
    for (name, value) in &message.headers {
        match table.iter_mut().find(|(known, _)| known == name) {
            Some((_, Value::Texts(texts))) => texts.push(value.clone()),
            _ => table.push((name.clone(), Value::Texts(vec![value.clone()]))),
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::Properties;

    fn written(message: &Message, header_arrays: bool) -> BytesMut {
        let mut bytes = BytesMut::new();
        put_properties(&mut bytes, message, header_arrays);
        bytes
    }

    #[test]
    fn properties_are_written_in_order() {
        let text = |text: &str| Some(text.to_owned());
        let properties = Properties {
            content_type: text("a/b"),
            priority: Some(7),
            reply_to: text("r"),
            expiration: text("60"),
            message_id: text("m"),
            timestamp: Some(258),
        };
        let message = Message { properties, ..Message::default() };
        assert_eq!(&written(&message, true)[..], b"\x8b\xc0\x03a/b\x07\x01r\x0260\x01m\0\0\0\0\0\0\x01\x02");
        assert_eq!(&written(&Message::default(), true)[..], b"\0\0");
    }

    #[test]
    fn headers_are_arrays_or_strings() {
        let headers =
            [("A", "1"), ("B", "2"), ("A", "3")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let message = Message { headers: headers.to_vec(), ..Message::default() };
        assert_eq!(
            &written(&message, true)[..],
            b"\x20\0\0\0\0\x20\x01AA\0\0\0\x0cS\0\0\0\x011S\0\0\0\x013\x01BA\0\0\0\x06S\0\0\0\x012"
        );
        let one = Message { headers: headers[..1].to_vec(), ..Message::default() };
        assert_eq!(&written(&one, false)[..], b"\x20\0\0\0\0\x08\x01AS\0\0\0\x011");
    }
}
