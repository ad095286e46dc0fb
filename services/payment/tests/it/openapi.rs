#[test]
fn the_committed_document_is_the_generated_one() {
    let document = web::openapi::to_text(&payment::openapi());
    testing::assert_generated("openapi/payment.json", &document);
}
