use std::path::Path;

/// Fails if the committed file (path from the repository's root) is not what the code generates.
/// `UPDATE=1` writes it instead.
pub fn assert_generated(path: &str, expected: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, expected).expect("the generated file can be written");
        return;
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == expected, "{path} is not up to date: run the tests with UPDATE=1");
}
