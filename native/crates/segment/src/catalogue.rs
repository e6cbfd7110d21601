//! The declared fields as JSON.

use lookback_session::core_fields::{GENERAL, RECORD};
use lookback_session::{Count, FieldSpec, Shape};
use serde_json::{Value as Json, json};

/// Release in which a field first appeared; the first release declares them all.
const SINCE: &str = "0.1.0";

fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::One => "one",
        Shape::List => "list",
        Shape::Set => "set",
        Shape::Objects => "objects",
    }
}

fn count_name(count: Count) -> &'static str {
    match count {
        Count::None => "none",
        Count::Cnt => "cnt",
        Count::EcsCnt => "ecs",
    }
}

fn entry(field: &FieldSpec) -> Json {
    json!({
        "expression": field.expression,
        "aliases": field.aliases,
        "path": field.path,
        "object": field.object,
        "kind": field.kind.name(),
        "shape": shape_name(field.shape),
        "count": count_name(field.count),
        "group": field.group,
        "name": field.name,
        "help": field.help,
        "linked": field.linked,
        "since": SINCE,
    })
}

/// The field catalogue: the general fields and `protocols`, sorted by group, expression and path, as
/// `{"version":1,"fields":[…]}`. A declaration given twice appears once.
pub fn field_catalogue_json(protocols: impl IntoIterator<Item = &'static FieldSpec>) -> String {
    let mut fields: Vec<&'static FieldSpec> =
        RECORD.iter().chain(GENERAL).copied().chain(protocols).collect();
    fields.sort_by_key(|field| (field.group, field.expression, field.path));
    fields.dedup_by(|a, b| std::ptr::eq(*a, *b));
    let fields: Vec<Json> = fields.into_iter().map(entry).collect();
    json!({ "version": 1, "fields": fields }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lookback_session::Kind;

    static ANSWER: FieldSpec = FieldSpec::set("dns", "dns.answer.ip", "dns.answers.ip", Kind::Ip)
        .member_of("dns.answers")
        .aliases(&["answer"]);

    #[test]
    fn a_field_is_listed_once_with_all_that_is_declared() {
        let text = field_catalogue_json([&ANSWER, &ANSWER]);
        let catalogue: Json = serde_json::from_str(&text).expect("valid JSON");
        assert_eq!(catalogue["version"], 1);
        let fields = catalogue["fields"].as_array().expect("an array");
        assert_eq!(fields.len(), RECORD.len() + GENERAL.len() + 1);
        let answers: Vec<&Json> =
            fields.iter().filter(|field| field["expression"] == "dns.answer.ip").collect();
        assert_eq!(
            answers,
            [
                &json!({"expression":"dns.answer.ip","aliases":["answer"],"path":"dns.answers.ip","object":"dns.answers","kind":"ip",
                "shape":"set","count":"cnt","group":"dns","name":"","help":"","linked":false,"since":"0.1.0"})
            ]
        );
    }

    #[test]
    fn no_two_general_columns_differ_by_case_only() {
        // SQL names columns without regard to case.
        let mut paths: Vec<String> =
            RECORD.iter().chain(GENERAL).map(|field| field.path.to_lowercase()).collect();
        let declared = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), declared);
    }
}
