import { defineProblems } from '../errors/define-problems.ts'

export const serviceProblems = defineProblems({
  'problems.not_found': {
    status: 404,
    title: 'No such problem',
    detail: 'There is no problem with this code.',
    advice: 'All of them are listed at /problems.',
  },
  'service.overloaded': {
    status: 503,
    title: 'Busy',
    detail: 'The server has more to do than it can finish in time.',
    advice: 'Try again after the seconds in Retry-After.',
  },
  'service.unavailable': {
    status: 503,
    title: 'Temporarily unavailable',
    detail: 'The database cannot answer right now.',
    advice: 'Try again after the seconds in Retry-After. Nothing was lost.',
  },
  'service.misconfigured': {
    status: 503,
    title: 'Not set up',
    detail: 'The settings of the server are not right yet. Its log says which and why.',
    advice: 'Tell whoever runs the server; the request_id leads to the line in its log.',
  },
  'service.stopping': {
    status: 503,
    title: 'About to stop',
    detail: 'This server is about to stop and finishes what it has begun.',
    advice: 'Send new requests to another server, or try again after the seconds in Retry-After.',
  },
  'service.failure': {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong on the server. It has been logged under the request id.',
    advice: 'This is a fault of the server: report it together with the request_id.',
  },
})
