// Name: A failure that ends the worker
// Says: what a request throws ends the worker that asks it, and with the last worker the survey
// Caught-by: Use9c_Survey.AFailureEndsNobodyElse

//: use-9c
aio::Coro<Answer> ask(aio::Coro<std::string> request, aio::Clock::time_point deadline) {
  try {
    co_return co_await aio::timeout_at(deadline, [&request] { return std::move(request); });
  } catch (const aio::CancelledError&) {
    if (aio::current_task().cancelling() > 0) throw;
    co_return std::nullopt;
  } catch (const aio::TimeoutError&) {
    co_return std::nullopt;
  }
}
