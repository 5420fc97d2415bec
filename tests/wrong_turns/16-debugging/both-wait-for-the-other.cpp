// Name: Both wait for the other
// Says: two tasks wait for each other's end, so neither has one
// Caught-by: Fix16e_Phone.ACallIsOverWhenAllIsSaid, Fix16e_Phone.WhoSaysNothingIsGreetedAllTheSame

struct Call {
  aio::Coro<> listen() {
    while (std::optional<std::string> words = co_await line_.hear()) {
      answers_.put_nowait(answer_to(*words));
    }
    answers_.shutdown();
    co_await *speaker_;
  }
};
