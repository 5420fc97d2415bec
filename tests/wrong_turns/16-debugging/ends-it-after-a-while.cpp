// Name: Ends it after a while
// Says: your time limit ends the task that speaks in the midst of its answers
// Caught-by: Fix16e_Phone.ACallIsOverWhenAllIsSaid

struct Call {
  aio::Coro<> listen() {
    while (std::optional<std::string> words = co_await line_.hear()) {
      answers_.put_nowait(answer_to(*words));
    }
    answers_.shutdown();
    for (int i = 0; i < 5 && !speaker_->done(); ++i) co_await aio::sleep(std::chrono::seconds(1));
    speaker_->cancel();
  }
};
