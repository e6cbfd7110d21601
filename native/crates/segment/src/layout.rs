//! Which columns a segment has: the record's fixed ones, its optional ones where used, and one for every
//! declared field that some row of the segment uses.

use crate::column::{Column, Member, Size};
use lookback_session::{FieldSpec, Item, Kind, Session, Shape, View};
use std::collections::HashMap;

/// Rows of a row group: the unit that readers skip and that DuckDB gives to a thread (its own is 122,880).
pub(crate) const ROWS_PER_GROUP: usize = 122_880;

/// The declared fields of one segment and the members of their objects.
pub(crate) struct Layout {
    /// Fields with a column of their own, in order of first use.
    fields: Vec<&'static FieldSpec>,
    /// One more than the column of a field's number; 0 where it has none.
    columns: Vec<u16>,
    /// Values and bytes of text of each column.
    sizes: Vec<Size>,
    by_path: HashMap<&'static str, usize>,
    /// Members that some row uses, by path of their list, in order of first use.
    members: HashMap<&'static str, Vec<&'static FieldSpec>>,
    /// A declared member of each list: objects need one, whatever rows use.
    declared: HashMap<&'static str, &'static FieldSpec>,
    /// The list that a member's number was last seen in.
    member_of: Vec<u16>,
}

fn place<T: Clone + Default>(places: &mut Vec<T>, number: u16) -> &mut T {
    let at = usize::from(number);
    if places.len() <= at {
        places.resize(at + 1, T::default());
    }
    &mut places[at]
}

impl Layout {
    /// No columns; `declared` are the fields that there may be.
    pub fn new(declared: &[&'static FieldSpec]) -> Self {
        let mut one_of = HashMap::new();
        for &field in
            declared.iter().filter(|field| !field.object.is_empty() && field.shape != Shape::Objects)
        {
            one_of.entry(field.object).or_insert(field);
        }
        Self {
            fields: Vec::new(),
            columns: Vec::new(),
            sizes: Vec::new(),
            by_path: HashMap::new(),
            members: HashMap::new(),
            declared: one_of,
            member_of: Vec::new(),
        }
    }

    /// Gives every field that `session` uses a column.
    pub fn include(&mut self, session: &Session) {
        for (number, item) in session.fields.items() {
            if self.column_of(number).is_none() {
                self.add_column(number);
            }
            if let Some(size) = self.column_of(number).and_then(|at| self.sizes.get_mut(at)) {
                size.values += 1;
                if let Item::Text(text) = item {
                    size.bytes += text.len();
                }
            }
            if let Item::Object(object) = item {
                self.include_members(number, object);
            }
        }
    }

    #[cold]
    fn add_column(&mut self, number: u16) {
        let Some(field) = FieldSpec::numbered(number) else { return };
        // Two declarations of one path share its column.
        let next = self.fields.len();
        let at = *self.by_path.entry(field.path).or_insert(next);
        if at == next {
            self.fields.push(field);
            self.sizes.push(Size::default());
        }
        // There are fewer columns than numbers, which have 12 bits.
        *place(&mut self.columns, number) = at as u16 + 1;
    }

    fn include_members(&mut self, list: u16, object: View<'_>) {
        for (number, item) in object.items() {
            if self.member_of.get(usize::from(number)) != Some(&list) {
                self.add_member(list, number);
            }
            if let Item::Object(inner) = item {
                self.include_members(number, inner);
            }
        }
    }

    fn add_member(&mut self, list: u16, number: u16) {
        let (Some(list_field), Some(field)) = (FieldSpec::numbered(list), FieldSpec::numbered(number)) else {
            return;
        };
        let members = self.members.entry(list_field.path).or_default();
        if !members.contains(&field) {
            members.push(field);
        }
        *place(&mut self.member_of, number) = list;
    }

    /// Where the column of the field with this number is.
    #[inline]
    pub fn column_of(&self, number: u16) -> Option<usize> {
        let column = *self.columns.get(usize::from(number))?;
        usize::from(column).checked_sub(1)
    }

    /// Empty columns of the declared fields, with room for `rows` rows and what was included of them.
    pub fn build(&self, rows: usize) -> Vec<Column> {
        let columns = self.fields.iter().zip(&self.sizes).map(|(field, size)| {
            let mut column = self.build_column(field, field.path);
            column.reserve(rows, *size);
            column
        });
        columns.collect()
    }

    fn build_column(&self, field: &'static FieldSpec, name: &str) -> Column {
        match field.shape {
            Shape::One => scalar(field.kind, name),
            Shape::List | Shape::Set => Column::list(name, scalar(field.kind, "element")),
            Shape::Objects => {
                let used = self.members.get(field.path).map_or(&[][..], Vec::as_slice);
                let one = self.declared.get(field.path).filter(|_| used.is_empty());
                let members = used
                    .iter()
                    .chain(one)
                    .map(|&member| Member {
                        field: member,
                        column: self.build_column(member, member_name(member)),
                    })
                    .collect();
                Column::list(name, Column::structure("element", members))
            }
        }
    }
}

/// Name of a member inside its object: its path without that of the list.
pub(crate) fn member_name(field: &'static FieldSpec) -> &'static str {
    let inside = field.path.strip_prefix(field.object).and_then(|rest| rest.strip_prefix('.'));
    inside.unwrap_or_else(|| field.path.rsplit('.').next().unwrap_or(field.path))
}

fn scalar(kind: Kind, name: &str) -> Column {
    match kind {
        Kind::Integer | Kind::Seconds => Column::integer(name, true),
        Kind::Float => Column::float(name, true),
        Kind::Boolean => Column::boolean(name, true),
        Kind::Ip => Column::uuid(name, true),
        Kind::Term | Kind::LowerTerm | Kind::UpperTerm | Kind::Text => Column::text(name, true),
    }
}
