// Name: Asks again
// Says: you ask a second time for what was answered the first time
// Caught-by: Fix16i_Rates.AnAnswerCountsHoweverSoonItComes

struct Client {
  aio::Coro<double> ask(std::string currency) {
    const int number = ++last_;
    co_await wire_.send(number, currency);
    const Question question(*this, number);
    co_await wire_.send(number, currency);
    co_return co_await question.answer();
  }
};
