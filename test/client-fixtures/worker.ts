import { journey } from './journey.ts'

export default {
  async fetch(request: Request): Promise<Response> {
    const query = new URL(request.url).searchParams
    return Response.json(await journey(query.get('api') ?? '', query.get('username') ?? ''))
  },
}
