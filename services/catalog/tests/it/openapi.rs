//! The committed document is what the code generates.

#[test]
fn the_document_is_up_to_date() {
    let document = web::openapi::to_text(&catalog::openapi());
    testing::assert_generated("openapi/catalog.json", &document);
}
