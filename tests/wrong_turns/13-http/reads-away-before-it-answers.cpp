// Name: Reads away before it answers
// Says: your exchange() reads the rest of the body before it sends the answer
// Caught-by: Step3_Rest.OfABodyThatIsLongIsNot

//: 13.3
inline aio::Coro<> Visit::exchange() {
  LentRequest request(*this, connection_);
  std::optional<Response> response;
  const bool has_head = co_await read_head(request, response);
  if (!has_head) co_return;
  if (response) {
    connection_.will_close();
  } else {
    response = co_await handle(request);
  }
  if (ending_ == Ending::abort) co_return;
  if (ending_ == Ending::none) co_await finish_request();
  co_await respond(request, std::move(*response));
}
