// Name: Taking every CancelledError for one's own
// Says: a request that is cancelled inside ends your worker, and with the last one the survey
// Caught-by: Use9c_Survey.ARequestThatIsCancelledInsideIsNoAnswer

//: use-9c
aio::Coro<Answer> ask(aio::Coro<std::string> request, aio::Clock::time_point deadline) {
  try {
    co_return co_await aio::timeout_at(deadline, [&request] { return std::move(request); });
  } catch (const aio::CancelledError&) {
    throw;
  } catch (...) {
    co_return std::nullopt;
  }
}
