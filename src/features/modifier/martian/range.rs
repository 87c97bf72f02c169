//! The body that a modifier gives a response, or the parts of it that the request asked for.

use super::message::{Request, Response};
use super::program::Unique;

/// Sets the body, honouring the request's `Range`. What is out of range is a 416; martian panics there.
pub(super) fn set_body(
    response: &mut Response,
    request: &Request,
    content_type: &str,
    body: &[u8],
    unique: &mut Unique<'_>,
) -> Result<(), String> {
    response.headers.set("Content-Type", content_type);
    response.headers.remove("Content-Encoding");
    let asked = request.headers.get("Range").unwrap_or_default().to_lowercase();
    if asked.is_empty() {
        put(response, body.to_vec());
        return Ok(());
    }
    let Some(ranges) = parse(&asked, body.len())? else {
        response.status = 416;
        return Ok(());
    };
    response.status = 206;
    if let [(start, end)] = ranges[..] {
        put(response, body[start..=end].to_vec());
        response.headers.set("Content-Range", format!("bytes {start}-{end}/{}", body.len()));
        return Ok(());
    }
    let boundary = unique().replace('-', "");
    let mut parts = Vec::new();
    for (start, end) in ranges {
        let lead = if parts.is_empty() { "" } else { "\r\n" };
        let head = format!(
            "{lead}--{boundary}\r\nContent-Range: bytes {start}-{end}/{}\r\nContent-Type: {content_type}\r\n\r\n",
            body.len()
        );
        parts.extend_from_slice(head.as_bytes());
        parts.extend_from_slice(&body[start..=end]);
    }
    parts.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    put(response, parts);
    response.headers.set("Content-Type", format!("multipart/byteranges; boundary={boundary}"));
    Ok(())
}

fn put(response: &mut Response, body: Vec<u8>) {
    response.framing.length = i64::try_from(body.len()).unwrap_or(i64::MAX);
    response.body = Some(body);
}

/// The ranges asked for, first and last byte; none if one of them can't be served.
fn parse(asked: &str, length: usize) -> Result<Option<Vec<(usize, usize)>>, String> {
    let mut ranges = Vec::new();
    for range in asked.trim_start_matches(['b', 'y', 't', 'e', 's', '=']).split(',') {
        let bounds: Vec<&str> = range.split('-').collect();
        let [start, end] = bounds[..] else { return Ok(None) };
        let number = |text: &str| {
            let text = text.trim();
            text.parse::<usize>().map_err(|_| format!("strconv.Atoi: parsing {text:?}: invalid syntax"))
        };
        let start = number(start)?;
        let end = if end.is_empty() { length.saturating_sub(1) } else { number(end)? };
        if start > end || end >= length {
            return Ok(None);
        }
        ranges.push((start, end));
    }
    // Overlapping ranges would let a small request ask for a large answer.
    let total: usize = ranges.iter().map(|(start, end)| end - start + 1).sum();
    Ok((total <= length).then_some(ranges))
}
