// Name: More patience
// Says: you wait longer for an answer that has come already
// Caught-by: Fix16i_Rates.AnAnswerCountsHoweverSoonItComes

struct Client {
  aio::Coro<double> ask(std::string currency) {
    const int number = ++last_;
    co_await wire_.send(number, currency);
    const Question question(*this, number);
    co_return co_await question.answer();
  }
  aio::Coro<double> rate(std::string currency, double yesterday) {
    try {
      co_return co_await aio::wait_for(ask(currency), 10s);
    } catch (const aio::TimeoutError&) {
      co_return yesterday;
    }
  }
};
