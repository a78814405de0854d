//! Through an HTTP proxy, with CONNECT (RFC 9110 section 9.3.6). The proxy sees where to, when and
//! how much; what is said passes it inside TLS, which it cannot look into.

use std::{fmt, io};

use data_encoding::BASE64;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use zeroize::Zeroizing;

use crate::limits::{PROXY_CREDENTIAL_BYTES_MAX, PROXY_HEAD_BYTES_MAX};

/// A user and a password for a proxy (RFC 7617). They show in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(Zeroizing<String>);

impl Credential {
    /// Reads `user:password`; a line end after it is no part of it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        let (user, _) = text.split_once(':')?;
        let clean = !user.is_empty() && !text.chars().any(char::is_control);
        let fits = text.len() <= PROXY_CREDENTIAL_BYTES_MAX;
        (clean && fits).then(|| Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(..)")
    }
}

/// A proxy on the way to the counterpart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    address: String,
    credential: Option<Credential>,
}

/// Why a proxy gave no way through.
#[derive(Debug, thiserror::Error)]
pub enum ProxyRefused {
    /// The connection broke.
    #[error("the proxy: {0}; look at link.proxy, and whether it listens there")]
    Broken(#[from] io::Error),
    /// It ended the connection before its answer was whole.
    #[error("the proxy closed without an answer; look at its log")]
    Closed,
    /// What it said is no answer of HTTP/1.
    #[error("what listens at link.proxy does not answer as an HTTP proxy does")]
    NotHttp,
    /// The head of its answer does not end.
    #[error("the proxy's answer has a head of more than {PROXY_HEAD_BYTES_MAX} bytes")]
    LongHead,
    /// 407: it wants a credential, or another one.
    #[error("the proxy asks for a credential (407); set or correct link.proxy_credential")]
    Credential,
    /// 403: it does not let anybody there.
    #[error("the proxy forbids the way to the counterpart (403); ask its operator to allow it")]
    Forbidden,
    /// 502, 503 and 504: it cannot get through itself.
    #[error("the proxy cannot reach the counterpart ({0}); look at link.peer, or ask its operator")]
    Gateway(u16),
    /// Another status than 200.
    #[error("the proxy answers {0}, where CONNECT wants 200; look at its log")]
    Status(u16),
    /// Bytes before we said anything: the server speaks second in TLS, so that they are a forgery
    /// or a proxy that is none.
    #[error("bytes came through the proxy before we spoke; something between is not to be trusted")]
    Early,
}

impl Proxy {
    /// The proxy at `host:port`.
    #[must_use]
    pub const fn new(address: String, credential: Option<Credential>) -> Self {
        Self { address, credential }
    }

    /// Where it listens, `host:port`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks for a way to `peer`, `host:port`. The caller has a deadline for it.
    pub(super) async fn connect(
        &self,
        stream: &mut TcpStream,
        peer: &str,
    ) -> Result<(), ProxyRefused> {
        let start = format!("CONNECT {peer} HTTP/1.1\r\nHost: {peer}\r\n");
        // Joined in one piece: a text that grows leaves copies behind that nobody overwrites.
        let request = Zeroizing::new(match &self.credential {
            None => [start.as_str(), "\r\n"].concat(),
            Some(Credential(pair)) => {
                let pair = Zeroizing::new(BASE64.encode(pair.as_bytes()));
                let head = "Proxy-Authorization: Basic ";
                [start.as_str(), head, pair.as_str(), "\r\n\r\n"].concat()
            }
        });
        stream.write_all(request.as_bytes()).await?;
        status(&head(stream).await?)
    }
}

/// The head of the answer, up to the empty line, after which nothing may have come.
async fn head(stream: &mut TcpStream) -> Result<Vec<u8>, ProxyRefused> {
    let mut head = Vec::new();
    let mut room = [0; 1024];
    loop {
        let came = stream.read(&mut room).await?;
        if came == 0 {
            return Err(ProxyRefused::Closed);
        }
        head.extend_from_slice(room.get(..came).unwrap_or_default());
        if !b"HTTP/1.".starts_with(head.get(..7).unwrap_or(&head)) {
            return Err(ProxyRefused::NotHttp);
        }
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            let early = end.saturating_add(4) < head.len();
            // A refusal may come with a page; only a way through must be silent.
            return if early && status(&head).is_ok() {
                Err(ProxyRefused::Early)
            } else {
                Ok(head)
            };
        }
        if head.len() > PROXY_HEAD_BYTES_MAX {
            return Err(ProxyRefused::LongHead);
        }
    }
}

/// What the status line says (RFC 9112 section 4).
fn status(head: &[u8]) -> Result<(), ProxyRefused> {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let (version, rest) = line.split_at_checked(9).ok_or(ProxyRefused::NotHttp)?;
    if !matches!(version, b"HTTP/1.1 " | b"HTTP/1.0 ") {
        return Err(ProxyRefused::NotHttp);
    }
    let (digits, rest) = rest.split_at_checked(3).ok_or(ProxyRefused::NotHttp)?;
    let digits = std::str::from_utf8(digits).map_err(|_| ProxyRefused::NotHttp)?;
    let code: u16 = digits.parse().map_err(|_| ProxyRefused::NotHttp)?;
    if !matches!(rest, [] | [b' ', ..]) || digits.starts_with('+') {
        return Err(ProxyRefused::NotHttp);
    }
    match code {
        200 => Ok(()),
        407 => Err(ProxyRefused::Credential),
        403 => Err(ProxyRefused::Forbidden),
        502..=504 => Err(ProxyRefused::Gateway(code)),
        other => Err(ProxyRefused::Status(other)),
    }
}

#[cfg(test)]
mod tests;
