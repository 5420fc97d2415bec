// Name: Waiting for each member
// Says: your room waits for each member, and the one who does not read stops it
// Caught-by: Use12c_Chat.WhoDoesNotReadKeepsNobodyWaiting

//: use-12c
aio::Coro<> ChatRoom::listen_to(Member& member) {
  while (true) {
    const std::optional<std::string> line = co_await member.stream.next_line();
    if (!line || !line->ends_with('\n')) co_return;
    tell_others(member, member.name + ": " + *line);
    for (Member& other : members_) co_await other.stream.drain();
  }
}
