//! What dissectors make of a flow's payload.

use crate::counters::FlowCounters;
use crate::flow::{Dissectors, Flow, Workbench};
use crate::settings::FlowSettings;
use lookback_protocols::{Context, Dissector, SessionFacts, Verdict};
use lookback_session::core_fields;
use lookback_session::record::Direction;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most times the payload of a packet is classified anew (a proxy inside a proxy).
const MAX_RECLASSIFICATIONS: usize = 4;

impl Flow {
    /// Hands on payload in order.
    pub(crate) fn payload(
        &mut self,
        direction: Direction,
        data: &[u8],
        now_us: i64,
        settings: &FlowSettings,
        bench: &mut Workbench,
    ) {
        if !self.classified[direction] {
            self.classified[direction] = true;
            self.classify(direction, data, now_us, settings, bench);
        }
        if self.dissectors.is_none() {
            return;
        }
        let mut again = Vec::new();
        self.each_dissector(&mut again, now_us, settings, bench, |dissector, context| {
            dissector.payload(context, direction, data)
        });
        for _ in 0..MAX_RECLASSIFICATIONS {
            if again.is_empty() {
                break;
            }
            self.classified = [false; 2];
            for (direction, inner) in std::mem::take(&mut again) {
                if inner.is_empty() {
                    continue;
                }
                self.classified[direction] = true;
                self.classify(direction, &inner, now_us, settings, bench);
                self.each_dissector(&mut again, now_us, settings, bench, |dissector, context| {
                    dissector.payload(context, direction, &inner)
                });
            }
        }
    }

    /// Tells of bytes that were never seen.
    pub(crate) fn gap(
        &mut self,
        direction: Direction,
        bytes: u64,
        now_us: i64,
        settings: &FlowSettings,
        bench: &mut Workbench,
    ) {
        bench.counters.gap_bytes += bytes;
        self.note_missed(bytes);
        let mut again = Vec::new();
        self.each_dissector(&mut again, now_us, settings, bench, |dissector, context| {
            dissector.gap(context, direction, bytes)
        });
    }

    fn facts(&self, now_us: i64) -> SessionFacts {
        SessionFacts {
            ip_protocol: self.ip_protocol,
            port: self.ports(),
            first_packet_us: self.first_packet_ns.div_euclid(1000),
            now_us,
        }
    }

    fn classify(
        &mut self,
        direction: Direction,
        data: &[u8],
        now_us: i64,
        settings: &FlowSettings,
        bench: &mut Workbench,
    ) {
        let Workbench { registry, counters, attached, malformed, digests, work, .. } = bench;
        let mut again = Vec::new();
        let mut context = Context {
            session: self.facts(now_us),
            settings: &settings.dissectors,
            fields: &mut self.fields,
            attached,
            reclassify: &mut again,
            malformed,
            digests,
            work,
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| registry.classify(&mut context, direction, data)));
        if outcome.is_err() {
            self.fail(counters);
        }
        attach(&mut self.dissectors, &mut bench.attached);
        count_malformed(bench);
    }

    /// Calls every dissector; those that are done leave.
    pub(crate) fn each_dissector(
        &mut self,
        again: &mut Vec<(Direction, Vec<u8>)>,
        now_us: i64,
        settings: &FlowSettings,
        bench: &mut Workbench,
        mut call: impl FnMut(&mut dyn Dissector, &mut Context<'_>) -> Verdict,
    ) {
        let mut dissectors = self.dissectors.take();
        let facts = self.facts(now_us);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut context = Context {
                session: facts,
                settings: &settings.dissectors,
                fields: &mut self.fields,
                attached: &mut bench.attached,
                reclassify: again,
                malformed: &mut bench.malformed,
                digests: &mut bench.digests,
                work: &mut bench.work,
            };
            if let Some(dissectors) = &mut dissectors {
                dissectors.retain_mut(|dissector| call(dissector.as_mut(), &mut context) == Verdict::More);
            }
        }));
        if outcome.is_err() {
            self.fail(&mut bench.counters);
            again.clear();
            bench.attached.clear();
        } else {
            attach(&mut dissectors, &mut bench.attached);
            self.dissectors = dissectors.filter(|dissectors| !dissectors.is_empty());
        }
        if !bench.malformed.is_empty() {
            count_malformed(bench);
        }
    }

    /// A dissector failed: the session keeps what it has and goes on without dissection.
    fn fail(&mut self, counters: &mut FlowCounters) {
        counters.dissector_failures += 1;
        self.dissectors = None;
        self.classified = [true; 2];
        self.fields.add_text(&core_fields::TAGS, "dissector-failed");
    }
}

/// Takes those that asked to join; two of one name are never attached to one flow.
fn attach(dissectors: &mut Option<Box<Dissectors>>, attached: &mut Vec<Box<dyn Dissector>>) {
    for dissector in attached.drain(..) {
        let dissectors = dissectors.get_or_insert_default();
        if dissectors.iter().all(|held| held.name() != dissector.name()) {
            dissectors.push(dissector);
        }
    }
}

fn count_malformed(bench: &mut Workbench) {
    for key in bench.malformed.drain(..) {
        *bench.counters.malformed.entry(key).or_default() += 1;
    }
}
