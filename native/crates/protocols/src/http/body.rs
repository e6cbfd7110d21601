//! Message bodies: hashed as they pass, never kept beyond the beginning of a request body.

use super::fields;
use crate::digest::Ticket;
use crate::{Context, magic};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;

/// The body at hand of one direction.
#[derive(Default)]
pub struct Body {
    /// Hashes of what passed; none until a body begins, and none when bytes were missed.
    hashes: Option<Box<Hashes>>,
    /// Whether a first byte passed.
    begun: bool,
    /// Beginning of a request body, at most `max_request_body` bytes.
    beginning: Option<Vec<u8>>,
}

struct Hashes {
    md5: Option<Ticket>,
    sha256: Option<Sha256>,
}

/// What a body costs of the work for a packet, however short: its place among those that are hashed; and its SHA-256.
const BODY_WORK: usize = 1_000;
const SHA256_WORK: usize = 5_000;
/// Most bodies whose digests are waited for.
const MAX_ENDED: usize = 64;

/// Bodies of a connection that are whole and whose digests are not in the session yet, in order of their ends.
#[derive(Default)]
pub struct Ended(VecDeque<Ticket>);

impl Ended {
    /// Adds the digests that are made to the session; all of them where `all` says that there is no later.
    pub fn settle(&mut self, context: &mut Context<'_>, all: bool) {
        while let Some(first) = self.0.front() {
            if all || self.0.len() > MAX_ENDED {
                context.digests.run_for(first);
            }
            let Some(digest) = context.digests.take(first) else { break };
            add_hex(context, &fields::MD5, &digest);
            self.0.pop_front();
        }
    }

    /// The session's row is made: as [`Ended::settle`], unless rows wait for digests.
    pub fn save(&mut self, context: &mut Context<'_>) {
        self.settle(context, !context.digests.rows_wait());
        for ticket in self.0.drain(..) {
            context.digests.promise(&fields::MD5, ticket);
        }
    }
}

/// Names before the equals sign of a password in a form.
const PASSWORD_NAMES: [&[u8]; 3] = [b"password", b"passwd", b"pass"];

fn has_password(data: &[u8]) -> bool {
    memchr::memchr_iter(b'=', data).any(|equals| {
        // Of many equals signs few come after the last letter of a name.
        let last = equals.checked_sub(1).and_then(|last| data.get(last)).map(u8::to_ascii_lowercase);
        matches!(last, Some(b'd' | b's'))
            && PASSWORD_NAMES.iter().any(|name| {
                equals
                    .checked_sub(name.len())
                    .and_then(|start| data.get(start..equals))
                    .is_some_and(|before| before.eq_ignore_ascii_case(name))
            })
    })
}

impl Body {
    /// Takes the next bytes of a body; `is_request` says that its beginning is kept.
    pub fn update(&mut self, context: &mut Context<'_>, data: &[u8], is_request: bool) {
        if !self.begun && !data.is_empty() {
            self.begin(context, data, is_request);
        }
        if let Some(hashes) = &mut self.hashes {
            if let Some(md5) = &hashes.md5 {
                context.digests.update(md5, data);
            }
            if let Some(sha256) = &mut hashes.sha256 {
                sha256.update(data);
            }
        }
        if let Some(beginning) = &mut self.beginning {
            let room = context.settings.max_request_body.saturating_sub(beginning.len());
            beginning.extend_from_slice(data.get(..data.len().min(room)).unwrap_or_default());
        }
    }

    fn begin(&mut self, context: &mut Context<'_>, data: &[u8], is_request: bool) {
        self.begun = true;
        let settings = context.settings;
        context.takes("http", if settings.sha256 { BODY_WORK + SHA256_WORK } else { BODY_WORK });
        if has_password(data) {
            context.tag("http:password");
        }
        if settings.body_magic
            && let Some(kind) = magic::of(data)
        {
            context.fields.add_text(&fields::BODY_MAGIC, kind);
        }
        if settings.md5 || settings.sha256 {
            self.hashes = Some(Box::new(Hashes {
                md5: settings.md5.then(|| context.digests.begin()),
                sha256: settings.sha256.then(Sha256::new),
            }));
        }
        if is_request && settings.max_request_body > 0 {
            self.beginning = Some(Vec::new());
        }
    }

    /// Bytes of the body were missed: what was hashed is of no use.
    pub fn lose(&mut self) {
        self.begun = true;
        self.hashes = None;
    }

    /// The body is whole: adds its hashes and, for a request, its beginning. Its MD5 follows later, from `ended`.
    pub fn finish(&mut self, context: &mut Context<'_>, ended: &mut Ended) {
        if let Some(hashes) = self.hashes.take() {
            if let Some(md5) = hashes.md5 {
                context.digests.end(&md5);
                ended.0.push_back(md5);
            }
            if let Some(sha256) = hashes.sha256 {
                add_hex(context, &fields::SHA256, &sha256.finalize());
            }
        }
        if let Some(beginning) = self.beginning.take() {
            keep_beginning(context, &beginning);
        }
        self.begun = false;
    }

    /// Forgets the body.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

fn keep_beginning(context: &mut Context<'_>, beginning: &[u8]) {
    if context.settings.request_body_only_utf8 && beginning.contains(&0) {
        return; // zero bytes are no text, though UTF-8 has them
    }
    match std::str::from_utf8(beginning) {
        Ok(text) => {
            context.fields.add_text(&fields::REQUEST_BODY, text);
        }
        // The cut may go through a character; what stands before it counts.
        Err(error) if error.error_len().is_none() && beginning.len() >= context.settings.max_request_body => {
            let whole = beginning.get(..error.valid_up_to()).unwrap_or_default();
            context.fields.add_bytes(&fields::REQUEST_BODY, whole);
        }
        Err(_) if context.settings.request_body_only_utf8 => {}
        Err(_) => {
            context.fields.add_bytes(&fields::REQUEST_BODY, beginning);
        }
    }
}

fn add_hex(context: &mut Context<'_>, field: &'static lookback_session::FieldSpec, digest: &[u8]) {
    context.fields.add_text(field, &crate::bytes::hex(digest));
}
