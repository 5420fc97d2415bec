// Name: Several threads in the library
// Says: your server lets two threads into a library that takes one
// Caught-by: Fix14b_Prices.OneThreadAtATime

aio::Coro<> PriceServer::serve(aio::Stream client) {
  while (std::optional<std::string> thing = co_await client.next_line()) {
    if (thing->ends_with('\n')) thing->pop_back();
    std::string answer;
    try {
      answer = co_await aio::to_thread(lookup_, *thing);
    } catch (const std::exception& error) {
      answer = std::string("error: ") + error.what();
    }
    co_await client.write_all(answer + "\n");
  }
}
