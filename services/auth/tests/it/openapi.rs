#[test]
fn the_committed_document_is_what_the_code_says() {
    testing::assert_generated("openapi/auth.json", &web::openapi::to_text(&auth::openapi()));
}
