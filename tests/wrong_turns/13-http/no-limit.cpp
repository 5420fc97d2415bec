// Name: No limit
// Says: your enter() gives a slot to whoever asks
// Caught-by: Step4_Slots.AreAsManyAsOneOriginMayHave,
//   Step4_Slots.AreNotMoreThanAllOriginsMayHave

//: 13.4
inline aio::Coro<Slot> Pool::enter(aio::Ref<Pool> pool, std::string origin) {
  PoolHost& host = pool->host_of(origin);
  co_return Slot(pool, host);
}
