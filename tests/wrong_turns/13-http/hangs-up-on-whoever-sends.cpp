// Name: Hangs up on whoever sends
// Says: your serve_channel() ends the connection without leave()
// Caught-by: Step3_End.GivesTheClientTimeToHearTheLastAnswer

//: 13.3
inline aio::Coro<> Visit::serve_channel(aio::Ref<ServerCore> core, Channel channel) {
  Visit visit(*core, std::move(channel));
  try {
    while (visit.begin_waiting()) {
      std::string bytes = co_await visit.connection_.channel().read();
      visit.end_waiting(std::move(bytes));
      while (visit.has_request()) co_await visit.exchange();
    }
  } catch (...) {
    visit.take_end();
  }
  visit.end();
}
