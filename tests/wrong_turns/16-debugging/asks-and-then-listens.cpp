// Name: Asks and then listens
// Says: you note the question when it is on its way: an answer that comes sooner finds nobody
// Caught-by: Fix16i_Rates.AnAnswerCountsHoweverSoonItComes

struct Client {
  aio::Coro<double> ask(std::string currency) {
    const int number = ++last_;
    co_await wire_.send(number, currency);
    const Question question(*this, number);
    co_return co_await question.answer();
  }
};
