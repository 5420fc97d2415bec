// Name: Less patience
// Says: you give up sooner: the fault is hidden better, and slow answers are lost as well
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
      co_return co_await aio::wait_for(ask(currency), 100ms);
    } catch (const aio::TimeoutError&) {
      co_return yesterday;
    }
  }
};
