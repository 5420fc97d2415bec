// Name: An error ends the client
// Says: what the library throws ends the whole connection
// Caught-by: Fix14b_Prices.AnswersComeInTheOrderOfTheQuestions

aio::Coro<> PriceServer::serve(aio::Stream client) {
  while (std::optional<std::string> thing = co_await client.next_line()) {
    if (thing->ends_with('\n')) thing->pop_back();
    const std::string answer = co_await library_.run(lookup_, *thing);
    co_await client.write_all(answer + "\n");
  }
}
