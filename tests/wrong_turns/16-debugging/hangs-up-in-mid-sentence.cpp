// Name: Hangs up in mid-sentence
// Says: you cancel the task that speaks, and what it had to say is lost
// Caught-by: Fix16e_Phone.ACallIsOverWhenAllIsSaid

struct Call {
  aio::Coro<> listen() {
    while (std::optional<std::string> words = co_await line_.hear()) {
      answers_.put_nowait(answer_to(*words));
    }
    answers_.shutdown();
    speaker_->cancel();
  }
};
