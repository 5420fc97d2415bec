// Name: One request a connection
// Says: your serve_channel() answers one request, and leaves
// Caught-by: Step3_Loop.WaitsForTheNextRequest

//: 13.3
inline aio::Coro<> Visit::serve_channel(aio::Ref<ServerCore> core, Channel channel) {
  Visit visit(*core, std::move(channel));
  try {
    if (visit.begin_waiting()) {
      std::string bytes = co_await visit.connection_.channel().read();
      visit.end_waiting(std::move(bytes));
      while (visit.has_request()) co_await visit.exchange();
    }
    co_await visit.leave();
  } catch (...) {
    visit.take_end();
  }
  visit.end();
}
