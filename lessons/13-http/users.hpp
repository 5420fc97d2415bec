#pragma once
// Exercise use-13f: users as JSON.

#include <http/server/router.hpp>

/// A service that knows no users at first. Everything that its handlers say is JSON
/// (application/json); what the router says itself, e.g. 405, stays as it is.
///
///   GET /users        200 [{"id":1,"name":"Ann"}, …], in the order in which they came
///   GET /users/{id}   200 {"id":1,"name":"Ann"}
///   POST /users       {"name":"Ann"}: 201 {"id":1,"name":"Ann"}, and `Location: /users/1`
///
/// What is wrong with a request is said as {"detail":"…"}: 404 for a user whom nobody knows, also
/// when the id is no number; 415 when the body is not application/json (with parameters or
/// without); 422 when it is no object whose "name" is a string that is not empty.
http::Router users_service();
