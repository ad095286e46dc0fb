#[test]
fn the_committed_document_is_what_the_code_says() {
    let text = web::openapi::to_text(&events::openapi());
    testing::assert_generated("openapi/events.json", &text);
}
