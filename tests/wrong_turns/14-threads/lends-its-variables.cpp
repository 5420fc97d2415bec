// Name: Lends its variables
// Says: your job uses a variable of the task, which may be gone before the job has ended
// Caught-by: Fix14b_Prices.TheLibraryHasACopyOfTheQuestion

aio::Coro<> PriceServer::serve(aio::Stream client) {
  while (std::optional<std::string> thing = co_await client.next_line()) {
    if (thing->ends_with('\n')) thing->pop_back();
    std::string answer;
    const auto call = [this, &thing] { return lookup_(*thing); };
    try {
      answer = co_await library_.run(call);
    } catch (const std::exception& error) {
      answer = std::string("error: ") + error.what();
    }
    co_await client.write_all(answer + "\n");
  }
}
