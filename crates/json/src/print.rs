//! Values as Go's `%v` prints them: `map[a:1 b:[x y]]`, `<nil>`.

use super::number::go_float_v;
use super::value::Value;

/// A value as Go's `%v` prints it.
pub fn go_print(value: &Value) -> String {
    let mut out = String::new();
    print(value, &mut out);
    out
}

fn print(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("<nil>"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(text) => out.push_str(text),
        Value::Float(value) => out.push_str(&go_float_v(*value)),
        Value::String(text) => out.push_str(text),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                print(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push_str("map[");
            for (i, (key, member)) in members.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                out.push_str(key);
                out.push(':');
                print(member, out);
            }
            out.push(']');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_as_in_go() {
        let value = Value::parse(br#"{"b":[1,null,"x y",[]],"a":{},"c":true,"n":1.50}"#).expect("it is JSON");
        assert_eq!(go_print(&value), "map[a:map[] b:[1 <nil> x y []] c:true n:1.50]");
    }
}
