//! Writes messages in the wire format of protobuf, field by field.

/// The bytes of a message.
#[derive(Debug, Default, Clone)]
pub struct Message(Vec<u8>);

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const LENGTH: u32 = 2;

// === impl Message ===

impl Message {
    /// No fields, with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The bytes.
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Removes all fields; the room for them stays.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How many bytes there is room for.
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// Adds a whole number.
    pub fn varint(&mut self, field: u32, value: u64) {
        self.tag(field, VARINT);
        self.raw_varint(value);
    }

    /// Adds a number of 64 bits.
    pub fn fixed64(&mut self, field: u32, value: u64) {
        self.tag(field, FIXED64);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// Adds a floating-point number.
    pub fn double(&mut self, field: u32, value: f64) {
        self.fixed64(field, value.to_bits());
    }

    /// Adds bytes, a text, or a whole message.
    pub fn bytes(&mut self, field: u32, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.tag(field, LENGTH);
        self.raw_varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// Adds several numbers of 64 bits as one field.
    pub fn packed(&mut self, field: u32, values: impl ExactSizeIterator<Item = u64>) {
        self.tag(field, LENGTH);
        self.raw_varint(values.len() as u64 * 8);
        values.for_each(|value| self.0.extend_from_slice(&value.to_le_bytes()));
    }

    /// Adds a message that `write` fills.
    pub fn message(&mut self, field: u32, write: impl FnOnce(&mut Message)) {
        self.tag(field, LENGTH);
        let at = self.0.len();
        // The length comes before the content, whose length is known after it: most take one byte.
        self.0.push(0);
        write(self);
        let length = self.0.len() - at - 1;
        if length <= 0x7f {
            self.0[at] = length as u8;
        } else {
            let mut prefix = Message::default();
            prefix.raw_varint(length as u64);
            self.0.splice(at..=at, prefix.0);
        }
    }

    /// Adds the fields of another message.
    pub fn append(&mut self, fields: &Message) {
        self.0.extend_from_slice(&fields.0);
    }

    fn tag(&mut self, field: u32, wire: u32) {
        self.raw_varint(u64::from(field << 3 | wire));
    }

    fn raw_varint(&mut self, mut value: u64) {
        while value > 0x7f {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_as_the_format_asks() {
        let mut out = Message::default();
        out.varint(1, 150);
        out.bytes(2, "testing");
        out.message(3, |inner| inner.varint(1, 150));
        out.packed(6, [1, 2].into_iter());
        out.double(5, 1.0);
        // The first three are the examples of protobuf's own description of its encoding.
        let want = [
            &[0x08, 0x96, 0x01][..],
            &[0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67],
            &[0x1a, 0x03, 0x08, 0x96, 0x01],
            &[0x32, 16, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0],
            &[0x29, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f],
        ]
        .concat();
        assert_eq!(out.as_slice(), want);
    }

    #[test]
    fn a_long_message_has_a_long_length() {
        let mut out = Message::default();
        out.message(1, |inner| inner.bytes(1, [0; 200]));
        assert_eq!(&out.as_slice()[..6], [0x0a, 0xcb, 0x01, 0x0a, 0xc8, 0x01]);
        assert_eq!(out.len(), 206);
    }
}
