//! Reads of a certificate what webpki doesn't tell, or not of the certificates that it refuses: issuer, dates, public key.

/// What is read of a certificate, of any version. Names and keys are DER, with tag and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateInfo<'a> {
    pub issuer: &'a [u8],
    /// Seconds since the epoch.
    pub not_before: u64,
    /// Seconds since the epoch; valid until then, inclusively.
    pub not_after: u64,
    pub public_key: PublicKey<'a>,
}

/// A subject public key info.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey<'a> {
    /// All of it.
    pub info: &'a [u8],
    /// The algorithm's identifier: the content of its sequence.
    pub algorithm: &'a [u8],
    /// The key itself.
    pub key: &'a [u8],
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// The version of a certificate: the first one is left out.
const VERSION: u8 = 0xa0;

/// An element: its tag, its content, and all of it.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    whole: &'a [u8],
}

impl<'a> CertificateInfo<'a> {
    /// Reads a certificate; `None` if it isn't one.
    pub fn read(der: &'a [u8]) -> Option<Self> {
        let mut certificate = expect(&mut &*der, SEQUENCE)?.content;
        let mut body = expect(&mut certificate, SEQUENCE)?.content;
        if body.first() == Some(&VERSION) {
            element(&mut body)?;
        }
        expect(&mut body, INTEGER)?;
        expect(&mut body, SEQUENCE)?;
        let issuer = expect(&mut body, SEQUENCE)?.whole;
        let mut dates = expect(&mut body, SEQUENCE)?.content;
        let (not_before, not_after) = (time(&element(&mut dates)?)?, time(&element(&mut dates)?)?);
        expect(&mut body, SEQUENCE)?;
        Some(Self { issuer, not_before, not_after, public_key: PublicKey::read(body)? })
    }
}

impl<'a> PublicKey<'a> {
    /// Reads a subject public key info at the start of some DER.
    #[must_use]
    pub fn read(mut der: &'a [u8]) -> Option<Self> {
        let info = expect(&mut der, SEQUENCE)?;
        let mut parts = info.content;
        let algorithm = expect(&mut parts, SEQUENCE)?.content;
        // The first byte counts the unused bits of the last one.
        let key = expect(&mut parts, BIT_STRING)?.content.strip_prefix(&[0])?;
        Some(Self { info: info.whole, algorithm, key })
    }
}

fn expect<'a>(input: &mut &'a [u8], tag: u8) -> Option<Element<'a>> {
    element(input).filter(|element| element.tag == tag)
}

fn element<'a>(input: &mut &'a [u8]) -> Option<Element<'a>> {
    let whole = *input;
    let (&[tag, first], rest) = whole.split_first_chunk()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    *input = rest;
    Some(Element { tag, content, whole: &whole[..whole.len() - rest.len()] })
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`, in seconds since the epoch; times before it count as zero.
fn time(element: &Element<'_>) -> Option<u64> {
    let digits = element.content.strip_suffix(b"Z").filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    let number =
        |digits: &[u8]| digits.iter().fold(0_i64, |number, digit| number * 10 + i64::from(digit - b'0'));
    let (year, rest) = match (element.tag, digits.len()) {
        (UTC_TIME, 12) => {
            let year = number(&digits[..2]);
            (if year < 50 { 2000 + year } else { 1900 + year }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (number(&digits[..4]), &digits[4..]),
        _ => return None,
    };
    let [month, day, hour, minute, second] = [0, 2, 4, 6, 8].map(|at| number(&rest[at..at + 2]));
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(u64::try_from(seconds).unwrap_or_default())
}

/// Days since the epoch of a date of the Gregorian calendar. Years begin in March here, so that a leap day is a year's last.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_seconds() {
        let cases = [
            (UTC_TIME, "700101000000Z", Some(0)),
            (UTC_TIME, "491231235959Z", Some(2_524_607_999)),
            (UTC_TIME, "500101000000Z", Some(0)),
            (GENERALIZED_TIME, "20000229120000Z", Some(951_825_600)),
            (GENERALIZED_TIME, "99991231235959Z", Some(253_402_300_799)),
            (GENERALIZED_TIME, "00000101000000Z", Some(0)),
            (UTC_TIME, "20000229120000Z", None),
            (UTC_TIME, "7001010000Z", None),
            (UTC_TIME, "700001000000Z", None),
            (UTC_TIME, "700101000000+0100", None),
        ];
        for (tag, text, expected) in cases {
            let content = text.as_bytes();
            assert_eq!(time(&Element { tag, content, whole: content }), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(prop::sample::select(vec![0, 1, 2, 3, 0x17, 0x18, 0x30, 0x80, 0x81, 0x82, 0xa0, 0xff]), 0..80)) {
            CertificateInfo::read(&bytes);
        }
    }
}
