//! Values are kept as they were added, in the bytes that they need.

use super::*;
use crate::field::Kind;

static WORDS: FieldSpec = FieldSpec::set("test", "t.words", "t.words", Kind::Term);
static NUMBERS: FieldSpec = FieldSpec::list("test", "t.numbers", "t.numbers", Kind::Integer);
static TITLE: FieldSpec = FieldSpec::one("test", "t.title", "t.title", Kind::Term);
static COUNT: FieldSpec = FieldSpec::one("test", "t.count", "t.count", Kind::Integer);
static LIST: FieldSpec = FieldSpec::objects("test", "t.list");
static KEPT: FieldSpec = FieldSpec::set("test", "t.kept", "t.kept", Kind::Term).linked();

#[test]
fn whole_numbers_take_the_bytes_that_they_need() {
    let mut numbers = vec![0, -1, i64::MIN, i64::MAX];
    for bit in 0..63 {
        let power = 1i64 << bit;
        numbers.extend([power - 1, power, power + 1, -power, -power - 1]);
    }
    for number in numbers {
        let bytes = &number.to_le_bytes()[..integer_length(number)];
        assert_eq!(integer(bytes), number);
        let shorter = &bytes[..bytes.len() - 1];
        assert!(shorter.is_empty() || integer(shorter) != number, "{number}");
    }
    assert_eq!((integer_length(127), integer_length(128), integer_length(-128)), (1, 2, 1));
}

#[test]
fn every_object_of_a_list_is_changed_and_nothing_else() {
    let mut fields = Fields::new();
    fields.change_objects(&LIST, |_| unreachable!("there is none"));
    fields.add_text(&WORDS, "before");
    for number in 0..3 {
        let mut object = Fields::new();
        object.add_integer(&NUMBERS, number);
        fields.add_object(&LIST, &object);
    }
    fields.add_text(&WORDS, "after");
    let mut seen = 0;
    fields.change_objects(&LIST, |object| {
        if seen != 1 {
            object.add_text(&TITLE, "changed");
        }
        seen += 1;
    });
    let titles: Vec<_> = fields.objects(&LIST).map(|object| object.text(&TITLE)).collect();
    assert_eq!(titles, [Some("changed"), None, Some("changed")]);
    assert_eq!(fields.texts(&WORDS).collect::<Vec<_>>(), ["before", "after"]);
    assert!(!fields.add_text(&WORDS, "before"), "what is there is still known");
}

#[test]
fn a_set_keeps_first_arrivals_however_long_it_grows() {
    let mut fields = Fields::new();
    for round in 0..3 {
        for word in 0..200 {
            assert_eq!(fields.add_text(&WORDS, &format!("w{word}")), round == 0);
        }
    }
    assert_eq!(fields.get(&WORDS).map(|value| value.len()), Some(200));
}

#[test]
fn a_full_field_drops_and_counts() {
    let mut fields = Fields::new();
    for number in 0..(MAX_VALUES_PER_FIELD as i64 + 7) {
        fields.add_integer(&NUMBERS, number % 3);
    }
    assert_eq!(fields.get(&NUMBERS).map(|value| value.len()), Some(MAX_VALUES_PER_FIELD));
    assert_eq!(fields.dropped(), 7);
}

#[test]
fn a_full_field_leaves_room_for_others() {
    let mut fields = Fields::new();
    for number in 0..2 * MAX_VALUES_PER_FIELD {
        fields.add_text(&WORDS, &number.to_string());
        fields.add_integer(&NUMBERS, 1);
    }
    assert_eq!(fields.get(&WORDS).map(|value| value.len()), Some(MAX_VALUES_PER_FIELD));
    assert_eq!(fields.get(&NUMBERS).map(|value| value.len()), Some(MAX_VALUES_PER_FIELD));
}

#[test]
fn long_text_is_cut_at_a_character() {
    let mut fields = Fields::new();
    fields.add_text(&WORDS, &"é".repeat(MAX_TEXT_BYTES));
    let Some(Value::Texts(texts)) = fields.get(&WORDS) else { unreachable!() };
    assert_eq!(texts[0].len(), MAX_TEXT_BYTES);
}

#[test]
fn a_single_value_is_replaced_where_it_stands() {
    let mut fields = Fields::new();
    fields.add_text(&TITLE, "short");
    fields.add_text(&WORDS, "a");
    fields.increment(&COUNT, 2);
    fields.add_text(&TITLE, "a longer one");
    fields.increment(&COUNT, 40);
    fields.add_text(&WORDS, "b");
    let texts = Value::Texts(vec!["a".into(), "b".into()]);
    let values = fields.values();
    assert_eq!(values.len(), 3);
    assert_eq!(values[0].1, Value::Text("a longer one".into()));
    assert_eq!((&values[1].1, &values[2].1), (&texts, &Value::Integer(42)));
    assert_eq!(fields.text(&TITLE), Some("a longer one"));
    assert!(fields.has_text(&WORDS, "b") && !fields.has_text(&WORDS, "c"));
}

#[test]
fn objects_come_where_the_first_came_and_change_in_place() {
    let mut fields = Fields::new();
    for name in ["a", "b"] {
        let mut object = Fields::new();
        object.add_text(&TITLE, name);
        assert!(fields.add_object(&LIST, &object));
        fields.add_text(&WORDS, name);
    }
    for (name, number) in [("a", 7), ("b", 8), ("a", 9)] {
        let place = fields.latest_object(&LIST, |object| object.text(&TITLE) == Some(name));
        let place = place.expect("both are there");
        assert_eq!(fields.object_at(place).and_then(|object| object.text(&TITLE)), Some(name));
        assert!(fields.change_object(place, |object| object.increment(&COUNT, number)));
    }
    assert_eq!(fields.latest_object(&LIST, |object| object.text(&TITLE) == Some("c")), None);
    let values = fields.values();
    assert!(std::ptr::eq(values[0].0, &LIST));
    let Value::Objects(objects) = &values[0].1 else { unreachable!() };
    assert_eq!(objects.len(), 2);
    assert_eq!(objects[0].get(&COUNT), Some(Value::Integer(16)));
    assert_eq!(objects[1].get(&COUNT), Some(Value::Integer(8)));
    assert_eq!(values[1].1, Value::Texts(vec!["a".into(), "b".into()]));
    for _ in 0..MAX_VALUES_PER_FIELD {
        fields.add_object(&LIST, &Fields::new());
    }
    assert_eq!((fields.objects(&LIST).count(), fields.dropped()), (MAX_VALUES_PER_FIELD, 2));
}

#[test]
fn an_object_may_be_long() {
    let mut fields = Fields::new();
    fields.add_object(&LIST, &Fields::new());
    fields.add_text(&WORDS, "after");
    for round in 0..10 {
        let text = format!("{round}{}", "x".repeat(MAX_TEXT_BYTES - 1));
        let place = fields.latest_object(&LIST, |_| true).expect("it is there");
        assert!(fields.change_object(place, |object| assert!(object.add_text(&WORDS, &text))));
    }
    let texts: Vec<_> = fields.objects(&LIST).flat_map(|object| object.texts(&WORDS)).collect();
    assert_eq!((texts.len(), texts[9].as_bytes()[0]), (10, b'9'));
    assert!(fields.has_text(&WORDS, "after"));
}

#[test]
fn many_values_are_still_known_when_others_grow_before_them() {
    let mut fields = Fields::new();
    fields.add_text(&TITLE, "a");
    fields.add_object(&LIST, &Fields::new());
    fields.increment(&COUNT, 1);
    for round in 0..4 {
        for word in 0..300 {
            assert_eq!(fields.add_text(&WORDS, &format!("w{word}")), round == 0, "{word}");
        }
        for title in ["", "as long as it takes to need another header", "b"] {
            fields.add_text(&TITLE, title);
            let place = fields.latest_object(&LIST, |_| true).expect("it is there");
            assert!(fields.change_object(place, |object| object.increment(&COUNT, 1 << (8 * round))));
            fields.increment(&COUNT, 1 << (8 * round));
            assert!(!fields.add_text(&WORDS, "w299"));
        }
    }
    assert_eq!((fields.text(&TITLE), fields.texts(&WORDS).count()), (Some("b"), 300));
    let sum = 3 * 0x0101_0101;
    assert_eq!(fields.get(&COUNT), Some(Value::Integer(sum + 1)));
    let object = fields.objects(&LIST).next().map(View::to_fields);
    assert_eq!(object.and_then(|object| object.get(&COUNT)), Some(Value::Integer(sum)));
}

#[test]
fn what_finds_values_is_counted_and_grows_with_those_that_are_kept() {
    let mut fields = Fields::new();
    let fill = |fields: &mut Fields, words: std::ops::Range<usize>| {
        for word in words {
            fields.add_text(&WORDS, &format!("{word:06}"));
        }
    };
    fill(&mut fields, 0..MAX_VALUES_PER_FIELD);
    let held = fields.held_bytes();
    assert!(held > fields.byte_len() + 8 * MAX_VALUES_PER_FIELD);
    fill(&mut fields, 0..100 * MAX_VALUES_PER_FIELD);
    assert_eq!(fields.held_bytes(), held);
    assert_eq!(fields.dropped() as usize, 99 * MAX_VALUES_PER_FIELD);
}

#[test]
fn all_values_together_are_bounded() {
    let mut fields = Fields::new();
    fields.add_text(&TITLE, "a");
    let mut object = Fields::new();
    object.add_text(&TITLE, "in an object");
    fields.add_object(&LIST, &object);
    let long = |number: usize| format!("{number:03}{}", "x".repeat(MAX_TEXT_BYTES - 3));
    let kept = (0..100).filter(|number| fields.add_text(&WORDS, &long(*number))).count();
    assert_eq!((kept, fields.dropped() as usize), (63, 37));
    assert!(fields.byte_len() <= MAX_FIELDS_BYTES);
    // Nothing grows beyond it either, and what is refused is as it was.
    let place = fields.latest_object(&LIST, |_| true).expect("it is there");
    let more = |object: &mut Fields| assert!(object.add_text(&WORDS, &long(1)));
    assert!(!fields.change_object(place, more));
    assert!(!fields.add_text(&TITLE, &long(2)));
    assert_eq!((fields.text(&TITLE), fields.dropped()), (Some("a"), 39));
    assert_eq!(fields.objects(&LIST).next().map(|object| object.items().count()), Some(1));
    // There is room for what is short, and for what is shorter.
    assert!(fields.add_text(&TITLE, "") && fields.add_text(&WORDS, "short"));
}

#[test]
fn only_linked_fields_carry_over() {
    let mut fields = Fields::new();
    fields.add_text(&WORDS, "gone");
    fields.add_text(&KEPT, "stays");
    let linked = fields.linked();
    assert_eq!(linked.values().len(), 1);
    assert!(linked.has_text(&KEPT, "stays"));
}
