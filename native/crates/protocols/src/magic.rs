//! The type of a body as its first bytes tell it: a short list of signatures that stand at fixed places.

/// Offset, bytes, media type. The first row that fits counts.
static SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"\0\0\x01\0", "image/x-icon"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/x-gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/x-rar"),
    (257, b"ustar", "application/x-tar"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"%!PS", "application/postscript"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    (0, b"{\\rtf", "text/rtf"),
    (0, b"MZ", "application/x-dosexec"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"\xca\xfe\xba\xbe", "application/x-java-applet"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"CWS", "application/x-shockwave-flash"),
    (0, b"FWS", "application/x-shockwave-flash"),
    (0, b"ZWS", "application/x-shockwave-flash"),
    (0, b"FLV\x01", "video/x-flv"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/x-wav"),
    (0, b"OggS", "application/ogg"),
    (0, b"fLaC", "audio/x-flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"wOFF", "application/font-woff"),
    (0, b"wOF2", "application/font-woff2"),
    (0, b"OTTO", "application/vnd.ms-opentype"),
    (0, b"\0\x01\0\0\0", "application/font-sfnt"),
    (0, b"SQLite format 3\0", "application/x-sqlite3"),
    (0, b"d8:announce", "application/x-bittorrent"),
    (0, b"#!/", "text/x-shellscript"),
    (0, b"<?php", "text/x-php"),
    (0, b"-----BEGIN", "text/x-pem"),
    (0, b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap"),
    (0, b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
];

/// Beginnings of marked-up text, in lower case.
static MARKUP: &[(&[u8], &str)] = &[
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<head", "text/html"),
    (b"<title", "text/html"),
    (b"<body", "text/html"),
    (b"<script", "text/html"),
    (b"<?xml", "text/xml"),
    (b"<svg", "image/svg+xml"),
];

/// Media type of a body that begins with `data`, if a signature fits.
pub fn of(data: &[u8]) -> Option<&'static str> {
    if let Some((_, _, kind)) =
        SIGNATURES.iter().find(|(at, bytes, _)| data.get(*at..).is_some_and(|rest| rest.starts_with(bytes)))
    {
        return Some(kind);
    }
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    MARKUP
        .iter()
        .find(|(tag, _)| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))
        .map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn signatures_and_markup() {
        assert_eq!(of(b"\x1f\x8b\x08\0"), Some("application/x-gzip"));
        assert_eq!(of(b"<!DOCTYPE HTML PUBLIC"), Some("text/html"));
        assert_eq!(of(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(of(b"hello"), None);
        assert_eq!(of(b""), None);
    }
}
