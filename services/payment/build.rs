//! A new migration file is part of the binary: build again when the folder changes.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/payment");
}
