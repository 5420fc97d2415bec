// Name: Only the stage beside it
// Says: you run the stage beside the putting, and take only afterwards; the queue behind the stage
//   fills up, and everybody waits
// Caught-by: Fix11b_Pipeline.MoreLinesGoThroughThanThereIsRoomFor

aio::Coro<std::vector<std::string>> Pipeline::work(std::vector<std::string> lines) {
  co_await aio::gather(put_all(std::move(lines)), capitals());
  co_return co_await get_all();
}
