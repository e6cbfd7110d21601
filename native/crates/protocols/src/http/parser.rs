//! The syntax of HTTP/1 message heads (RFC 9112): start line, header lines, end of head. Nothing here keeps state.

use std::borrow::Cow;

/// Longest method name taken for one; the longest registered is 17 letters.
const MAX_METHOD: usize = 20;

/// The first line of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum StartLine<'a> {
    /// Method, target, version.
    Request {
        /// `GET`.
        method: &'a [u8],
        /// `/path?query`, `*`, `host:port` or a whole URI.
        target: &'a [u8],
        /// `1.1`.
        version: &'a [u8],
    },
    /// Version and status code.
    Response {
        /// `1.1`.
        version: &'a [u8],
        /// 100 to 999.
        status: u16,
    },
}

/// Length of the message head in `data` including its empty line, if it ends there. The search starts at `from`.
pub fn head_length(data: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let newline = at + memchr::memchr(b'\n', data.get(at..)?)?;
        match data.get(newline + 1..)? {
            [b'\n', ..] => return Some(newline + 2),
            [b'\r', b'\n', ..] => return Some(newline + 3),
            _ => at = newline + 1,
        }
    }
}

/// The first line of `data` without its line end, and what follows it.
pub fn split_line(data: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'\n', data) {
        Some(at) => {
            let (line, rest) = data.split_at(at);
            (line.strip_suffix(b"\r").unwrap_or(line), rest.get(1..).unwrap_or_default())
        }
        None => (data, &[]),
    }
}

/// Whether `data` may begin a message: a method's letters or `HTTP/`, as far as there are bytes to tell.
pub fn may_begin(data: &[u8]) -> bool {
    let head = data.get(..data.len().min(MAX_METHOD + 1)).unwrap_or_default();
    match memchr::memchr2(b' ', b'/', head) {
        Some(0) => false,
        Some(at) => head.iter().take(at).all(|&b| is_method(b)),
        None => head.len() <= MAX_METHOD && head.iter().all(|&b| is_method(b)),
    }
}

fn is_method(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte == b'-' || byte == b'_'
}

/// Reads a start line; none if it is no HTTP/1 or HTTP/2 preface line.
pub fn start_line(line: &[u8]) -> Option<StartLine<'_>> {
    if let Some(rest) = line.strip_prefix(b"HTTP/") {
        let version = version(rest.get(..3)?)?;
        let status = match rest.get(3..)? {
            [b' ', a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', more @ ..]
                if more.first().is_none_or(|&byte| byte == b' ' || byte == b'\t') =>
            {
                [a, b, c].iter().fold(0, |sum, &&digit| sum * 10 + u16::from(digit - b'0'))
            }
            _ => return None,
        };
        return Some(StartLine::Response { version, status });
    }
    let first = memchr::memchr(b' ', line)?;
    let last = memchr::memrchr(b' ', line)?;
    let method = line.get(..first)?;
    let target = line.get(first + 1..last)?.trim_ascii();
    let version = version(line.get(last + 1..)?.strip_prefix(b"HTTP/")?)?;
    if method.is_empty()
        || method.len() > MAX_METHOD
        || !method.iter().all(|&b| is_method(b))
        || target.is_empty()
    {
        return None;
    }
    Some(StartLine::Request { method, target, version })
}

fn version(text: &[u8]) -> Option<&[u8]> {
    matches!(text, [b'0'..=b'9', b'.', b'0'..=b'9']).then_some(text)
}

/// One header: name as sent, value without surrounding blanks. A value folded over several lines is joined by blanks.
#[derive(Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// `Content-Type`.
    pub name: &'a [u8],
    /// `text/html`.
    pub value: Cow<'a, [u8]>,
}

/// The headers of a message head behind its start line; a line that is no header is skipped.
pub struct Headers<'a> {
    rest: &'a [u8],
}

impl<'a> Headers<'a> {
    /// Iterates over the lines of `rest` up to the first empty one.
    pub fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        loop {
            let (line, rest) = split_line(self.rest);
            self.rest = rest;
            if line.is_empty() {
                self.rest = &[];
                return None;
            }
            let Some(colon) = memchr::memchr(b':', line) else { continue };
            let (name, value) = line.split_at(colon);
            let name = name.trim_ascii();
            if name.is_empty() {
                continue;
            }
            let mut value = Cow::Borrowed(value.get(1..).unwrap_or_default().trim_ascii());
            while let [b' ' | b'\t', ..] = self.rest {
                let (line, rest) = split_line(self.rest);
                self.rest = rest;
                let joined = value.to_mut();
                joined.push(b' ');
                joined.extend_from_slice(line.trim_ascii());
            }
            return Some(Header { name, value });
        }
    }
}

/// Decodes `%xx`; none when an escape is broken or gives a zero byte, or the result is no UTF-8.
pub fn percent_decode(text: &[u8]) -> Option<Cow<'_, str>> {
    if memchr::memchr(b'%', text).is_none() {
        return std::str::from_utf8(text).ok().map(Cow::Borrowed);
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            decoded.push(first);
            rest = after;
            continue;
        }
        let &[high, low, ref after @ ..] = after else { return None };
        let byte = u8::try_from(char::from(high).to_digit(16)? << 4 | char::from(low).to_digit(16)?).ok()?;
        if byte == 0 {
            return None;
        }
        decoded.push(byte);
        rest = after;
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_at_its_empty_line_whatever_the_line_ends() {
        assert_eq!(head_length(b"GET / HTTP/1.1\r\nA: b\r\n\r\nrest", 0), Some(24));
        assert_eq!(head_length(b"GET / HTTP/1.1\nA: b\n\nrest", 0), Some(21));
        assert_eq!(head_length(b"GET / HTTP/1.1\r\nA: b\r\n\r", 0), None);
    }

    #[test]
    fn start_lines() {
        assert_eq!(
            start_line(b"GET /a b HTTP/1.0"),
            Some(StartLine::Request { method: b"GET", target: b"/a b", version: b"1.0" })
        );
        assert_eq!(start_line(b"HTTP/1.1 200"), Some(StartLine::Response { version: b"1.1", status: 200 }));
        for wrong in [
            &b"HTTP/1.1 20x OK"[..],
            b"HTTP/1.1",
            b"get / HTTP/1.1",
            b"GET /",
            b"GET  HTTP/1.1",
            b" / HTTP/1.1",
        ] {
            assert_eq!(start_line(wrong), None, "{}", String::from_utf8_lossy(wrong));
        }
    }

    #[test]
    fn folded_values_are_joined_and_stray_lines_skipped() {
        let headers: Vec<_> = Headers::new(b"A: 1\r\n  2\r\nnonsense\r\nB:3\r\n\r\nC: 4").collect();
        assert_eq!(
            headers,
            [
                Header { name: b"A", value: Cow::Owned(b"1 2".to_vec()) },
                Header { name: b"B", value: Cow::Borrowed(b"3") }
            ]
        );
    }

    #[test]
    fn broken_escapes_are_refused() {
        assert_eq!(percent_decode(b"a%20b").as_deref(), Some("a b"));
        assert_eq!(percent_decode(b"%2").as_deref(), None);
        assert_eq!(percent_decode(b"%zz").as_deref(), None);
        assert_eq!(percent_decode(b"%00").as_deref(), None);
    }
}
