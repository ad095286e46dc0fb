//! New migration files are seen only by a new compilation.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/events");
}
