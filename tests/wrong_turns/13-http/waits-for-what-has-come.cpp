// Name: Waits for what has come
// Says: your serve_channel() waits for more bytes although the next request has come already
// Caught-by: Step3_Loop.AnswersWhatCameAlong, Step3_Loop.AnswersInOrderThoughTheFirstIsSlow

//: 13.3
inline aio::Coro<> Visit::serve_channel(aio::Ref<ServerCore> core, Channel channel) {
  Visit visit(*core, std::move(channel));
  try {
    while (visit.begin_waiting()) {
      std::string bytes = co_await visit.connection_.channel().read();
      visit.end_waiting(std::move(bytes));
      if (visit.has_request()) co_await visit.exchange();
    }
    co_await visit.leave();
  } catch (...) {
    visit.take_end();
  }
  visit.end();
}
