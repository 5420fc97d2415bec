// Name: Goes on after a refusal
// Says: your exchange() keeps a connection whose last request was refused
// Caught-by: Step3_End.ComesAfterARefusal

//: 13.3
inline aio::Coro<> Visit::exchange() {
  LentRequest request(*this, connection_);
  std::optional<Response> response;
  head_out_ = false;
  const bool has_head = co_await read_head(request, response);
  if (!has_head) co_return;
  if (!response) response = co_await handle(request);
  if (ending_ == Ending::abort) co_return;
  co_await respond(request, std::move(*response));
  if (ending_ == Ending::none) co_await finish_request();
}
