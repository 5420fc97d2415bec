// Name: Half a word
// Says: your room tells what a member began to say, and the next line is put at its end
// Caught-by: Use12c_Chat.AWordThatIsCutOffIsNotTold

//: use-12c
aio::Coro<> ChatRoom::listen_to(Member& member) {
  while (true) {
    const std::optional<std::string> line = co_await member.stream.next_line();
    if (!line) co_return;
    tell_others(member, member.name + ": " + *line);
  }
}
