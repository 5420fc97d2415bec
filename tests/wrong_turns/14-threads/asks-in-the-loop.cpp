// Name: Asks in the loop
// Says: your handler calls what blocks, and the whole loop waits with it
// Caught-by: Fix14b_Prices.TheLoopGoesOnWhileTheLibraryWorks

aio::Coro<> PriceServer::serve(aio::Stream client) {
  while (std::optional<std::string> thing = co_await client.next_line()) {
    if (thing->ends_with('\n')) thing->pop_back();
    std::string answer;
    try {
      answer = lookup_(*thing);
    } catch (const std::exception& error) {
      answer = std::string("error: ") + error.what();
    }
    co_await client.write_all(answer + "\n");
  }
}
