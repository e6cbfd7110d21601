//! Fields of the template protocol. The expression name, the document path, the kind and the shape decide the column,
//! the search and the documentation; nothing else has to be declared anywhere.

use lookback_session::{FieldSpec, Kind};

const G: &str = "template";

/// Names that were announced.
pub static NAME: FieldSpec = FieldSpec::set(G, "template.name", "template.name", Kind::LowerTerm)
    .doc("Template name", "Names that either side announced");

/// Every field of the protocol; `Protocol::fields` lists them.
pub static ALL: &[&FieldSpec] = &[&NAME];
