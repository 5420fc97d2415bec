// Name: Waits a while
// Says: you put a time limit on a wait that never ends: the circle is still there, and each call
//   takes that long
// Caught-by: Fix16e_Phone.ACallIsOverWhenAllIsSaid

struct Call {
  aio::Coro<> listen() {
    while (std::optional<std::string> words = co_await line_.hear()) {
      answers_.put_nowait(answer_to(*words));
    }
    answers_.shutdown();
    for (int i = 0; i < 30 && !speaker_->done(); ++i) co_await aio::sleep(std::chrono::seconds(1));
  }
};
