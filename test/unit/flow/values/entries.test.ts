// Which functions frameworks call with outside data, and which of their parameters carry it.
import { describe, expect, it } from 'vitest';
import { flows } from './example';

const arrives = (text: string): string[] => flows(text).map((flow) => flow.slice(flow.indexOf('=> ') + 3));

describe('entry points', () => {
  it('are the methods that override those of a handler class', () => {
    const found = arrives(`
      import os
      from tornado.web import RequestHandler

      class Page(RequestHandler):
          def get(self, name):
              os.system(name)

          def helper(self, other):
              os.system(other)
    `);
    expect(found).toEqual(['name']);
  });

  it('are functions that are handed over, with what the route says of their parameters', () => {
    const found = arrives(`
      import os
      from django.urls import path, re_path

      def view(request, name, number, extra):
          os.system(name)
          os.system(number)
          os.system(extra)

      def by_pattern(request, word, rest):
          os.system(word)
          os.system(rest)

      urlpatterns = [
          path('a/<str:name>/<int:number>/', view),
          re_path(r'^b/(?P<word>[a-z0-9]+)/(?P<rest>.*)$', by_pattern),
      ]
    `);
    expect(found).toEqual(['name', 'rest']);
  });

  it('are known by their name and parameters', () => {
    const found = arrives(`
      import os

      def lambda_handler(event, context):
          os.system(event['name'])

      def application(environ, start_response):
          os.system(environ['QUERY_STRING'])

      def other(event, number):
          os.system(event)
    `);
    expect(found).toEqual(["event['name']", "environ['QUERY_STRING']"]);
  });

  it('know the request that they are given', () => {
    const found = flows(`
      import os
      from pyramid.view import view_config

      @view_config(route_name='a')
      def view(what):
          os.system(what.params['name'])
          os.system(what.registry)
    `);
    expect(found).toEqual(["the request's parameters => what.params['name']"]);
  });
});

describe('parameters of a request', () => {
  const api = `
      import os
      from fastapi import Depends, FastAPI, Request
      from pydantic import BaseModel

      app = FastAPI()

      class Item(BaseModel):
          name: str
          number: int

      def token(raw: str):
          return raw

      def session():
          return 'fixed'
`;

  it('are converted to what the annotations say', () => {
    const found = arrives(`${api}
      @app.post('/a/{number}')
      def make(number: int, name: str, item: Item):
          os.system(number)
          os.system(name)
          os.system(item.name)
          os.system(item.number)
    `);
    expect(found).toEqual(['name', 'item.name']);
  });

  it('are what a dependency gives', () => {
    const found = arrives(`${api}
      @app.get('/a')
      def get(one: str = Depends(token), two: str = Depends(session)):
          os.system(one)
          os.system(two)
    `);
    expect(found).toEqual(['one']);
  });

  it('are what a dependency gives, under a name of its own', () => {
    const found = arrives(`${api}
      from typing import Annotated
      Token = Annotated[str, Depends(token)]
      Session = Annotated[str, Depends(session)]

      @app.get('/a')
      def get(one: Token, two: Session, three: Annotated[str, Depends(session)]):
          os.system(one)
          os.system(two)
          os.system(three)
    `);
    expect(found).toEqual(['one']);
  });

  it("are not the framework's own objects", () => {
    const found = arrives(`${api}
      @app.get('/a')
      def get(request: Request):
          os.system(request.app.state.command)
          os.system(request.query_params['name'])
    `);
    expect(found).toEqual(["request.query_params['name']"]);
  });
});

describe('what frameworks make and read', () => {
  it('a member that only a base of a library type is known to have', () => {
    const found = arrives(`
      import os
      from django.views.generic import ListView

      class Page(ListView):
          def get_queryset(self):
              os.system(self.request.GET['q'])
    `);
    expect(found).toEqual(["self.request.GET['q']"]);
  });

  it('a method of the request that a handler is given', () => {
    const found = arrives(`
      import os

      class Page:
          def on_get(self, req, resp):
              os.system(req.get_param('q'))
              os.system(req.context())
    `);
    expect(found).toEqual(["req.get_param('q')"]);
  });

  it('handlers that are put into the router of an object of unknown type', () => {
    const found = arrives(`
      import os

      class Api:
          def __init__(self, app):
              app.router.add_post('/run', self.run)
              app.things.add_post('/other', self.other)

          async def run(self, request):
              os.system((await request.json())['x'])

          async def other(self, name):
              os.system(name)
    `);
    expect(found).toEqual(["(await request.json())['x']"]);
  });

  it('the public methods of an object that is registered as a whole', () => {
    const found = arrives(`
      import os
      from xmlrpc.server import SimpleXMLRPCServer

      class Api:
          def run(self, command):
              os.system(command)

          def _own(self, command):
              os.system(command)

      SimpleXMLRPCServer(('', 1)).register_instance(Api())
    `);
    expect(found).toEqual(['command']);
  });

  it('results are pages where the decorator names a class of responses that makes them', () => {
    const found = flows(
      `
      from fastapi import FastAPI
      from fastapi.responses import HTMLResponse
      app = FastAPI()

      @app.get('/a', response_class=HTMLResponse)
      def page(name: str):
          return f'<b>{name}</b>'

      @app.get('/b')
      def data(other: str):
          return f'<b>{other}</b>'
    `,
      'html',
    );
    expect(found).toHaveLength(1);
  });

  it('fields of a form, and arguments that a parser reads from the request', () => {
    const found = arrives(`
      import os
      from flask_restful import reqparse
      from flask_wtf import FlaskForm
      from wtforms import IntegerField, StringField

      class Form(FlaskForm):
          name = StringField('Name')
          count = IntegerField('Count')

      def handle():
          form = Form()
          os.system(form.name.data)
          os.system(form.count.data)
          parser = reqparse.RequestParser()
          os.system(parser.parse_args()['x'])
    `);
    expect(found).toEqual(['form.name.data', "parser.parse_args()['x']"]);
  });
});
