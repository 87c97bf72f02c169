//! Exchanges: bodies of all framings, uploads, and connections that end too early.

use fjord_origins::call::CallFault;
use fjord_origins::http::HttpFault;
use fjord_origins::http::request::Length;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::support::{Answer, call, origin, profile, text, with};

/// Calls an origin that reads a head, then writes these bytes; with or without a `close_notify`.
async fn answered(method: &str, bytes: &'static [u8], in_order: bool) -> Result<Answer, CallFault> {
    let port = origin(with("ec"), move |mut stream| async move {
        head_of(&mut stream).await;
        stream.write_all(bytes).await.unwrap();
        stream.flush().await.unwrap();
        if in_order {
            stream.shutdown().await.unwrap();
        }
    });
    call(&profile(json!({})).unwrap(), ("localhost", port.await), (method, "/a?b"), None).await
}

/// Reads a request's head, and what came with it of the body.
async fn head_of(stream: &mut TlsStream<TcpStream>) -> (String, String) {
    let mut text = String::new();
    while !text.contains("\r\n\r\n") {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).await.unwrap();
        assert_ne!(count, 0, "the request ends with its head");
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

async fn whole(bytes: &'static str, in_order: bool) -> Result<String, CallFault> {
    text(answered("GET", bytes.as_bytes(), in_order).await?).await
}

#[tokio::test]
async fn bodies_of_all_framings_are_whole() {
    for in_order in [true, false] {
        let ok = |body: &str| Ok(body.to_owned());
        assert_eq!(whole("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", in_order).await, ok("hello"));
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n";
        assert_eq!(whole(chunked, in_order).await, ok("hello!"));
        assert_eq!(whole("HTTP/1.1 204 No Content\r\n\r\n", in_order).await, ok(""));
    }
    assert_eq!(
        whole("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\nhello", true).await,
        Ok("hello".to_owned())
    );
    let answer = answered("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false).await.unwrap();
    assert!(answer.1.is_complete());
    assert_eq!(answer.0.lines, [("Content-Length".to_owned(), b"5".to_vec())]);
}

#[tokio::test]
async fn a_body_that_is_cut_is_an_error() {
    let cut = Err(CallFault::Http(HttpFault::Cut));
    for in_order in [true, false] {
        assert_eq!(whole("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", in_order).await, cut);
        assert_eq!(
            whole("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", in_order).await,
            cut
        );
    }
    // Only close_notify tells the end of a body without length from an attacker's.
    assert_eq!(whole("HTTP/1.1 200 OK\r\n\r\nhello", false).await, cut);
    assert_eq!(whole("", true).await, Err(CallFault::Http(HttpFault::NoHead)));
    assert_eq!(whole("HTTP/1.1 200 OK\r\nContent-", true).await, Err(CallFault::Http(HttpFault::NoHead)));
    assert_eq!(whole("", false).await, cut);
}

#[tokio::test]
async fn uploads_are_framed() {
    let port = origin(with("ec"), |mut stream| async move {
        let (head, mut body) = head_of(&mut stream).await;
        let end = if head.contains("chunked") { "0\r\n\r\n" } else { "end" };
        while !body.ends_with(end) {
            let mut bytes = [0; 4096];
            let count = stream.read(&mut bytes).await.unwrap();
            body.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
        }
        let text = format!("{head}\r\n\r\n{body}");
        let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len());
        stream.write_all(response.as_bytes()).await.unwrap();
    })
    .await;
    let profile = profile(json!({})).unwrap();
    let sent = async |length, parts| {
        text(call(&profile, ("localhost", port), ("POST", "/a?b"), Some((length, parts))).await?).await
    };
    let head = format!("POST /a?b HTTP/1.1\r\nHost: localhost:{port}\r\nX-Test: 1\r\n");
    assert_eq!(
        sent(Length::Sized(7), vec!["the ", "", "end"]).await.unwrap(),
        format!("{head}Content-Length: 7\r\n\r\nthe end")
    );
    assert_eq!(
        sent(Length::Chunked, vec!["the ", "", "end"]).await.unwrap(),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n4\r\nthe \r\n3\r\nend\r\n0\r\n\r\n")
    );
    let code = async |length, parts| sent(length, parts).await.unwrap_err();
    assert_eq!(
        code(Length::Sized(8), vec!["the end"]).await,
        CallFault::Upload("1 bytes are missing".into())
    );
    assert_eq!(
        code(Length::Sized(2), vec!["the end"]).await,
        CallFault::Upload("it is longer than its Content-Length".into())
    );
}

const MEGABYTE: &str = match std::str::from_utf8(&[b'x'; 1 << 20]) {
    Ok(text) => text,
    Err(_) => "",
};

#[tokio::test]
async fn an_origin_may_refuse_an_upload_that_it_does_not_read() {
    let port = origin(with("ec"), |mut stream| async move {
        head_of(&mut stream).await;
        stream.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno").await.unwrap();
        stream.shutdown().await.unwrap();
        // Its socket is reset, as bytes are left in it.
    })
    .await;
    let parts = vec![MEGABYTE; 64];
    let upload = Some((Length::Sized(64 << 20), parts));
    let answer =
        call(&profile(json!({})).unwrap(), ("localhost", port), ("POST", "/"), upload).await.unwrap();
    assert_eq!(answer.0.status, 413);
    assert_eq!(text(answer).await.unwrap(), "no");
}

#[tokio::test]
async fn an_origin_may_answer_while_it_reads() {
    let port = origin(with("ec"), |stream| async move {
        let (mut input, mut output) = tokio::io::split(stream);
        let mut bytes = vec![0; 1 << 16];
        output.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 16777216\r\n\r\n").await.unwrap();
        let mut skipped = false;
        let mut left = 16 << 20;
        while left > 0 {
            let count = input.read(&mut bytes).await.unwrap();
            assert_ne!(count, 0);
            let from =
                if skipped { 0 } else { bytes.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4 };
            skipped = true;
            output.write_all(&bytes[from..count]).await.unwrap();
            left -= count - from;
        }
        output.flush().await.unwrap();
    })
    .await;
    let upload = Some((Length::Sized(16 << 20), vec![MEGABYTE; 16]));
    let answer =
        call(&profile(json!({})).unwrap(), ("localhost", port), ("POST", "/"), upload).await.unwrap();
    assert_eq!(text(answer).await.unwrap().len(), 16 << 20);
}

#[tokio::test]
async fn nothing_is_read_that_nobody_waits_for() {
    let (sender, mut written) = tokio::sync::mpsc::unbounded_channel();
    let port = origin(with("ec"), move |mut stream| {
        let sender = sender.clone();
        async move {
            head_of(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            while stream.write_all(MEGABYTE.as_bytes()).await.is_ok() {
                sender.send(1).unwrap();
            }
            sender.send(0).unwrap();
        }
    })
    .await;
    let (_, mut exchange) =
        call(&profile(json!({})).unwrap(), ("localhost", port), ("GET", "/"), None).await.unwrap();
    exchange.part().await.unwrap();
    let mut count = 0;
    while let Ok(Some(more)) =
        tokio::time::timeout(std::time::Duration::from_millis(300), written.recv()).await
    {
        count += more;
    }
    assert!(count < 16, "{count} MB were taken");
    // With the exchange the connection ends, and the origin hears of it.
    drop(exchange);
    while written.recv().await != Some(0) {}
}
